"""The tools of Trade Map."""

"""What tests of the page in a browser work with."""

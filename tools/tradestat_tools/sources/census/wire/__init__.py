"""Reading what the service sends."""

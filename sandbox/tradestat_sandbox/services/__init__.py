"""The stand-in services, each written from what its service is known to send."""

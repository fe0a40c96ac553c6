"""doumaotong.com as the facts describe it, in both of its forms."""

"""What arrives from doumaotong.com, which changed its form in 2026."""

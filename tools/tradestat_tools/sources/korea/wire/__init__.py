"""What arrives from Korea Customs: rows and totals, or what it says instead of them."""

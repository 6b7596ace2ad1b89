"""Many songs at an agreed price: agreements and bulk orders."""

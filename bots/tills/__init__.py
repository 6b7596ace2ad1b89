"""Ways to pay: each module holds one provider's money behind `core.tills.Till`."""

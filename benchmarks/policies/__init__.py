"""What the policy pack adds to a preview's time."""

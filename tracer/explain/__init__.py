"""From records to sentences that explain: stories of runs. Pure."""

"""What was deployed: a Procfile, config vars, a formation, releases. Values only."""

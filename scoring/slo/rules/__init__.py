"""Prometheus rules, alert routes and Grafana dashboards that follow from SLO definitions, as text and data."""

"""What every service process has alike: settings, database, messaging, web application, operations.

It knows no service by name.
"""

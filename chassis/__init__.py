"""What every service process is built on: settings, engine, sign-in check, health, dead letters, reconcile, migrations, tables.

It knows no service by name.
"""

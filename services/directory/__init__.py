"""directory: units, calendars, procedures, staff and sign-in; the reference data of which every other service keeps a copy."""

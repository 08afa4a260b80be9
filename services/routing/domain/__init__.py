"""What a case is and may become, who is competent, and how near the promised date is. Pure: values in, values out."""

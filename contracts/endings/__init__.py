"""What intake and routing say when the promised date can't be kept, or when processing is stopped."""

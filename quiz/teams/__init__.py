"""What teams see: anonymous rounds and open teams."""

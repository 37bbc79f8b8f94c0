"""Many documents over many processes, and the model beside the rules. Nothing here changes a result."""

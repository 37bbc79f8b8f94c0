"""Why a rule matched at a place or did not: the engine walked slowly, part by part."""

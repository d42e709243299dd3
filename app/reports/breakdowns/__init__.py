"""Groups of residents that hold enough people to be told of, and breakdowns that staff ask for."""

"""文书: what issuing a paper records, the decision it rests on, and the templates it is printed from."""

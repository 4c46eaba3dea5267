package source

// Nearest returns the known word that is spelled almost like a word; "": none is.
func Nearest(word string, known []string) string { return nearest(word, known) }

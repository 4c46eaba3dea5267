package importer

import "sallyport.dev/schemas/source"

// services are Services with a selector.
var services = Source{Name: "Services", Read: readServices}

func readServices(in *Input) []*Draft {
	in.Take(func(doc *source.Document) bool { return doc.Object().Kind == "Service" })
	return nil
}

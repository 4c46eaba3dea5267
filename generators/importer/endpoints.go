package importer

// endpoints are Services without a selector, and their Endpoints and EndpointSlices.
var endpoints = Source{Name: "Endpoints and EndpointSlices, with their Services", Read: readEndpoints}

func readEndpoints(*Input) []*Draft { return nil }

package importer

import (
	"sallyport.dev/generators/importer/bitnami"
	"sallyport.dev/generators/importer/draft"
	"sallyport.dev/generators/importer/pravega"
	"sallyport.dev/generators/importer/services"
	"sallyport.dev/generators/importer/strimzi"
)

// Sources are all sources. A document is for the first that takes it, so those that know more than
// the objects that come in come first.
var Sources = append([]*draft.Source{
	&strimzi.Source,
	&pravega.Source,
	&services.Endpoints,
	&services.Services,
}, bitnami.Charts...)

// drafts returns the drafts of all sources, in their order.
func drafts(in *draft.Input) []*draft.Draft {
	var out []*draft.Draft
	for _, s := range Sources {
		if s.Chart == in.Values {
			out = append(out, s.Read(in)...)
		}
	}
	return out
}

// Charts are the names of the charts whose values are read.
func Charts() []string {
	var out []string
	for _, s := range Sources {
		if s.Chart != "" {
			out = append(out, s.Chart)
		}
	}
	return out
}

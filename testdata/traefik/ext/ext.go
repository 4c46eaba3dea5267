// Package ext stands in for a module that Traefik has in its own repository alone, and that is
// empty there: fields that editions of Traefik add to its configuration.
package ext

type (
	// HTTP is of a configuration of HTTP.
	HTTP struct{}

	// Router is of a router of HTTP.
	Router struct{}
)

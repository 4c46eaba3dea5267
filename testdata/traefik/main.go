// Traefik is Traefik's implementation of the Gateway API: its provider, which reads Gateways and
// routes from an API server, and its router of TCP, which forwards connections. Its program as a
// whole cannot be built from its module, because that lacks a part, and some clients of DNS are
// not published.
//
// Usage: KUBECONFIG=FILE traefik IP:PORT... The ports are what listeners of Gateways can have.
package main

import (
	"context"
	"fmt"
	"net"
	"os"
	"sync/atomic"
	"time"

	ptypes "github.com/traefik/paerser/types"
	"github.com/traefik/traefik/v3/pkg/config/dynamic"
	"github.com/traefik/traefik/v3/pkg/config/runtime"
	"github.com/traefik/traefik/v3/pkg/provider/kubernetes/gateway"
	"github.com/traefik/traefik/v3/pkg/safe"
	tcpmiddleware "github.com/traefik/traefik/v3/pkg/server/middleware/tcp"
	"github.com/traefik/traefik/v3/pkg/server/provider"
	router "github.com/traefik/traefik/v3/pkg/server/router/tcp"
	"github.com/traefik/traefik/v3/pkg/server/service/tcp"
	tcpclient "github.com/traefik/traefik/v3/pkg/tcp"
	"github.com/traefik/traefik/v3/pkg/tls"
)

func main() {
	if err := serve(context.Background(), os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "traefik:", err)
		os.Exit(1)
	}
}

// serve forwards connections to addresses as the API server says.
func serve(ctx context.Context, addresses []string) error {
	p := &gateway.Provider{EntryPoints: map[string]gateway.Entrypoint{}, ExperimentalChannel: true}
	p.SetDefaults()
	var current atomic.Pointer[map[string]*router.Router] // by address
	for _, address := range addresses {
		p.EntryPoints[address] = gateway.Entrypoint{Address: address}
		l, err := net.Listen("tcp", address)
		if err != nil {
			return err
		}
		go accept(l, func() *router.Router {
			if all := current.Load(); all != nil {
				return (*all)[address]
			}
			return nil
		})
	}
	if err := p.Init(); err != nil {
		return err
	}
	messages := make(chan dynamic.Message)
	if err := p.Provide(messages, safe.NewPool(ctx)); err != nil {
		return err
	}
	for m := range messages {
		all := handlers(ctx, m.Configuration, addresses)
		current.Store(&all)
		fmt.Println("routes:", len(m.Configuration.TCP.Routers))
	}
	return nil
}

// accept hands connections to the router of an address.
func accept(l net.Listener, router func() *router.Router) {
	for {
		conn, err := l.Accept()
		if err != nil {
			return
		}
		if r := router(); r != nil {
			go r.ServeTCP(conn.(*net.TCPConn))
		} else {
			conn.Close()
		}
	}
}

// handlers makes the routers of a configuration. Names get the name of the provider, as in Traefik's
// aggregator of configurations.
func handlers(ctx context.Context, c *dynamic.Configuration, addresses []string) map[string]*router.Router {
	tcpConf := &dynamic.TCPConfiguration{Routers: map[string]*dynamic.TCPRouter{}, Services: map[string]*dynamic.TCPService{}}
	for name, r := range c.TCP.Routers {
		tcpConf.Routers[provider.MakeQualifiedName(gateway.ProviderName, name)] = r
	}
	for name, s := range c.TCP.Services {
		tcpConf.Services[provider.MakeQualifiedName(gateway.ProviderName, name)] = s
	}
	conf := runtime.NewConfig(dynamic.Configuration{TCP: tcpConf})
	dialers := tcpclient.NewDialerManager(nil)
	dialers.Update(map[string]*dynamic.TCPServersTransport{"default@internal": {DialTimeout: ptypes.Duration(5 * time.Second)}})
	services := tcp.NewManager(conf, dialers)
	return router.NewManager(conf, services, tcpmiddleware.NewBuilder(conf.TCPMiddlewares), nil, nil, tls.NewManager(nil), nil).BuildHandlers(ctx, addresses)
}

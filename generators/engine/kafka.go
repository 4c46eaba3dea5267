package engine

import (
	"maps"
	"slices"
	"strings"

	"sallyport.dev/generators/plan"
	"sallyport.dev/schemas/source"
	"sallyport.dev/schemas/v1alpha1"
)

var kafkaProtocols = []string{"PLAINTEXT", "SSL", "SASL_PLAINTEXT", "SASL_SSL"}

// kafkaListeners checks what Kafka rejects when it starts: see KafkaConfig.validateValues and
// listenerListToEndPoints in its core.
func kafkaListeners(c checker) {
	before := len(c.found.Diagnostics())
	seen := map[string]string{}
	for _, port := range c.component.Spec.Ports {
		if port.Listener != nil {
			c.kafkaListener(port, seen)
		}
	}
	c.kafkaRoutes()
	c.kafkaKey()
	if !c.found.Diagnostics()[before:].Failed() {
		c.kafkaFiles()
	}
}

// kafkaKey checks the form of the private key: see DefaultSslEngineFactory.PemParser.
func (c checker) kafkaKey() {
	cert := c.component.Certificate
	if cert == nil || cert.Spec.PrivateKey.Encoding == v1alpha1.PKCS8 || cert.Spec.Keystores != nil {
		return
	}
	switch key := cert.Spec.PrivateKey; {
	case key.Algorithm == v1alpha1.Ed25519: // always PKCS8
	case key.Algorithm == v1alpha1.ECDSA && cert.CSI != nil: // which is PKCS8 by default
	default:
		c.found.WarnOnce(source.EngineRule, c.component.Path.Field("certificate", "privateKey", "encoding"), "write PKCS8, or add a keystore",
			"Kafka reads no private key in the form of PKCS1")
	}
}

// kafkaListener checks one listener. seen has the ports of the listeners before it, by listener
// name.
func (c checker) kafkaListener(port v1alpha1.Port, seen map[string]string) {
	at := c.component.Path.Field("ports").Item("name", port.Name)
	name, protocol := *port.Listener.Name, *port.Listener.Protocol
	if other, ok := seen[strings.ToUpper(name)]; ok {
		c.ruleBroken(at.Field("listener", "name"), "give each port a listener of its own; upper and lower case are the same",
			"ports %s and %s have the same listener name %s", other, port.Name, name)
	}
	seen[strings.ToUpper(name)] = port.Name
	if !slices.Contains(kafkaProtocols, protocol) {
		c.ruleBroken(at.Field("listener", "protocol"), source.Suggest(protocol, kafkaProtocols),
			"%q is not a security protocol of Kafka", protocol)
	}
	if port.Protocol != v1alpha1.TCP {
		c.ruleBroken(at.Field("protocol"), "write TCP", "Kafka only listens on TCP, and the port of listener %s uses %s", name, port.Protocol)
	}
	all := c.component.PerPod[port.Name]
	if i := slices.IndexFunc(all, func(s *plan.Service) bool { return s != nil }); !*port.Listener.Advertised && i >= 0 {
		c.found.Warnf(source.EngineRule, at.Field("listener", "advertised"), "remove advertised, or remove the port from the entry",
			"entry %s exposes listener %s, which is not advertised: Kafka sends its clients to other listeners", all[i].Entry, name)
	}
}

// kafkaFiles checks the files that configure listeners, as expanded for the first pod. Users
// may write these files themselves.
func (c checker) kafkaFiles() {
	if c.component.ConfigMap == nil {
		return
	}
	data := c.component.ConfigMap.Data
	for _, file := range slices.Sorted(maps.Keys(c.component.Spec.Config.Files)) {
		text, ok := data[file]
		if len(c.component.Pods) > 0 && !ok {
			text = data[c.component.ConfigMap.Key(c.component.Pods[0].Name, file)]
		}
		if f := readListeners(text); f.bound != nil {
			f.check(c, c.component.Path.Field("config", "files").MapKey(file))
		}
	}
}

// A listenersFile holds the listeners that a file configures. Names are in upper case, as in
// Kafka.
type listenersFile struct {
	bound, advertised, protocols, controllers []string
	interBroker                               string
}

func readListeners(text string) listenersFile {
	var f listenersFile
	for _, line := range strings.Split(text, "\n") {
		key, value, _ := strings.Cut(line, "=")
		var names []string
		for _, item := range strings.FieldsFunc(strings.ToUpper(value), func(r rune) bool { return r == ',' }) {
			name, _, _ := strings.Cut(strings.TrimSpace(item), ":")
			names = append(names, name)
		}
		switch strings.TrimSpace(key) {
		case "listeners":
			f.bound = append([]string{}, names...)
		case "advertised.listeners":
			f.advertised = names
		case "listener.security.protocol.map":
			f.protocols = names
		case "controller.listener.names":
			f.controllers = names
		case "inter.broker.listener.name":
			f.interBroker = strings.ToUpper(strings.TrimSpace(value))
		}
	}
	return f
}

func (f listenersFile) check(c checker, at source.Path) {
	const wayOut = "make the listeners of the spec agree with the lines of the file"
	for what, list := range map[string][]string{"listeners": f.bound, "advertised.listeners": f.advertised, "listener.security.protocol.map": f.protocols} {
		if sorted := slices.Sorted(slices.Values(list)); len(slices.Compact(sorted)) != len(list) {
			c.ruleBroken(at, "give each listener a name of its own", "a listener occurs twice in %s, so that Kafka does not start", what)
		}
	}
	for _, name := range slices.Concat(f.bound, f.controllers) {
		if !slices.Contains(f.protocols, name) && !slices.Contains(kafkaProtocols, name) {
			c.ruleBroken(at, wayOut, "listener %s has no protocol in listener.security.protocol.map, so that Kafka does not start", name)
		}
	}
	for _, name := range f.advertised {
		if !slices.Contains(f.bound, name) {
			c.ruleBroken(at, wayOut, "listener %s is advertised but is not in listeners, so that Kafka does not start", name)
		}
	}
	broker := slices.ContainsFunc(f.bound, func(name string) bool { return !slices.Contains(f.controllers, name) })
	switch {
	case broker && len(f.advertised) == 0:
		c.ruleBroken(at, wayOut, "no listener is advertised, so that Kafka does not start as a broker")
	case broker && f.interBroker != "" && !slices.Contains(f.advertised, f.interBroker):
		c.ruleBroken(at, wayOut, "the listener between brokers, %s, is not advertised, so that Kafka does not start", f.interBroker)
	}
}

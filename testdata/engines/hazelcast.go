package main

import (
	"cmp"
	"context"
	_ "embed"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"time"
)

const hazelcastVersion = "5.5.0"

//go:embed Client.java
var hazelcastClientSource string

func hazelcastJars(l *lab) string {
	return jars(l.row, "hazelcast-"+hazelcastVersion, "com.hazelcast:hazelcast:"+hazelcastVersion)
}

var hazelcastThis = regexp.MustCompile(`Member \[\S+ - (\S+) this`)

// hazelcast is a member whose hazelcast.yaml imports the generated file.
func hazelcast() engine {
	const conf = "/etc/hazelcast/hazelcast.yaml"
	return engine{
		client: "hazelcast", advertised: `public-address: \S*:(\d+)`,
		ready: `Members \{size:3`, limit: 90 * time.Second,
		fetch: func(l *lab) string {
			hazelcastJars(l)
			return hazelcastVersion
		},
		server: func(l *lab, p *pod) process {
			text := "hazelcast:\n  cluster-name: cache\n  import:\n"
			for _, m := range l.generated(p, l.container(p)) {
				text += "  - file://" + m.to + "\n"
			}
			config := cmp.Or(l.environment(p, l.container(p))["HAZELCAST_CONFIG"], conf)
			argv := slices.Concat(javaFlags, []string{"-Dhazelcast.config=" + config, "-Dhazelcast.phone.home.enabled=false", "-cp", hazelcastJars(l), "com.hazelcast.core.server.HazelcastMemberStarter"})
			return process{argv: argv, files: map[string]string{conf: text}}
		},
		identity: func(l *lab, p *pod) string {
			log, err := os.ReadFile(l.servers[p.name][0].log)
			l.check(err)
			if found := hazelcastThis.FindSubmatch(log); found != nil {
				return string(found[1])
			}
			l.failf("the log of %s has no member that is this one", p.name)
			return ""
		},
		options: func(l *lab, _ way) map[string]string {
			source := filepath.Join(l.dir, "Client.java")
			l.write(source, hazelcastClientSource)
			return map[string]string{"classpath": hazelcastJars(l), "source": source, "cluster": "cache"}
		},
	}
}

// hazelcastClient runs the Java client: there is none in Go that can be had.
func hazelcastClient(ctx context.Context, t task) report {
	cmd := exec.CommandContext(ctx, "java", "-Xmx200m", "-cp", t.Options["classpath"], t.Options["source"], t.Bootstrap[0], t.Options["cluster"])
	out, err := cmd.Output()
	if err != nil {
		return report{Err: fmt.Sprintf("java: %v\n%s", err, tail(out))}
	}
	var found report
	keys := ""
	for line := range strings.Lines(string(out)) {
		switch part := strings.Fields(line); {
		case len(part) == 3 && part[0] == "member":
			found.Contacts = append(found.Contacts, contact{At: part[1], Who: part[2]})
		case len(part) == 2 && part[0] == "member":
			found.Contacts = append(found.Contacts, contact{At: part[1], Err: "not connected"})
		case len(part) == 2 && part[0] == "keys":
			keys = ", " + part[1] + " of 200 keys"
		}
	}
	reached := 0
	for _, c := range found.Contacts {
		if c.Err == "" {
			reached++
		}
	}
	found.Remark = fmt.Sprintf("%d of %d members%s", reached, len(found.Contacts), keys)
	return found
}

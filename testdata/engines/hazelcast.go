package main

import (
	"context"
	_ "embed"
	"fmt"
	"os/exec"
	"path/filepath"
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

// hazelcast is a member whose hazelcast.yaml imports the generated file.
func hazelcast() engine {
	const conf = "/etc/hazelcast/hazelcast.yaml"
	return engine{
		client: "hazelcast", told: `public-address: \S*:(\d+)`,
		ready: `Members \{size:3`, limit: 90 * time.Second,
		fetch: func(l *lab) string {
			hazelcastJars(l)
			return hazelcastVersion
		},
		server: func(l *lab, p *pod) process {
			text := "hazelcast:\n  member-attributes:\n    pod: {type: string, value: " + p.name + "}\n  import:\n"
			for _, m := range l.mounts(p, l.container(p)) {
				text += "  - file://" + m.to + "\n"
			}
			argv := slices.Concat(javaFlags, []string{"-Dhazelcast.config=" + conf, "-Dhazelcast.phone.home.enabled=false", "-cp", hazelcastJars(l), "com.hazelcast.core.server.HazelcastMemberStarter"})
			return process{argv: argv, files: map[string]string{conf: text}}
		},
		identity: func(_ *lab, p *pod) string { return p.name },
		options: func(l *lab, _ way) map[string]string {
			source := filepath.Join(l.dir, "Client.java")
			l.write(source, hazelcastClientSource)
			return map[string]string{"classpath": hazelcastJars(l), "source": source}
		},
	}
}

// hazelcastClient runs the Java client: there is none in Go that can be had.
func hazelcastClient(ctx context.Context, t task) report {
	cmd := exec.CommandContext(ctx, "java", "-Xmx200m", "-cp", t.Options["classpath"], t.Options["source"], t.Bootstrap[0])
	out, err := cmd.Output()
	if err != nil {
		return report{Err: fmt.Sprintf("java: %v\n%s", err, tail(out))}
	}
	found := report{Remark: "no keys"}
	for line := range strings.Lines(string(out)) {
		switch part := strings.Fields(line); {
		case len(part) == 3 && part[0] == "member":
			found.Contacts = append(found.Contacts, contact{At: part[1], Who: part[2]})
		case len(part) == 2 && part[0] == "member":
			found.Contacts = append(found.Contacts, contact{At: part[1], Err: "not connected"})
		case len(part) == 2 && part[0] == "keys":
			found.Remark = part[1] + " of 200 keys"
		}
	}
	return found
}

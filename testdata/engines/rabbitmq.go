package main

import (
	"context"
	"fmt"
	"net"
	"strconv"
	"strings"
	"time"

	"github.com/rabbitmq/rabbitmq-stream-go-client/pkg/amqp"
	"github.com/rabbitmq/rabbitmq-stream-go-client/pkg/stream"
)

const (
	rabbitBin                  = "/usr/lib/rabbitmq/bin/"
	rabbitUser, rabbitPassword = "bob", "secret"
	rabbitMessages             = 5
)

// rabbitMQ is RabbitMQ from Debian's packages. As in its image, it reads the files of a
// directory, with the generated one among them.
func rabbitMQ() engine {
	return engine{
		client: "rabbitmq-stream", advertised: `advertised_port = (\d+)`,
		ready: "Server startup complete", limit: 3 * time.Minute,
		fetch: func(l *lab) string {
			_, version := image(l.row, "rabbitmq-server")
			return version
		},
		server:   func(l *lab, p *pod) process { return rabbitProcess(l, p, rabbitBin+"rabbitmq-server") },
		form:     formRabbit,
		identity: func(_ *lab, p *pod) string { return p.name },
		options: func(l *lab, _ way) map[string]string {
			var streams []string
			for _, p := range l.pods {
				streams = append(streams, p.name)
			}
			return map[string]string{"streams": strings.Join(streams, ",")}
		},
	}
}

// rabbitProcess is the server, or a tool that talks with it.
func rabbitProcess(l *lab, p *pod, argv ...string) process {
	dir, _ := image(l.row, "rabbitmq-server")
	node := func(q *pod) string { return "rabbit@" + l.domains(q)[0] }
	conf := fmt.Sprintf("loopback_users = none\ndefault_user = %s\ndefault_pass = %s\ncluster_formation.peer_discovery_backend = classic_config\n", rabbitUser, rabbitPassword)
	for i, q := range l.pods {
		conf += fmt.Sprintf("cluster_formation.classic_config.nodes.%d = %s\n", i+1, node(q))
	}
	return process{
		argv: append([]string{"sh", "-c", `umask 077 && echo sallyport > "$HOME/.erlang.cookie" && exec "$@"`, "sh"}, argv...), image: dir,
		env: map[string]string{
			"HOME": "/data", "RABBITMQ_USE_LONGNAME": "true", "RABBITMQ_NODENAME": node(p), "RABBITMQ_MNESIA_BASE": "/data/mnesia", "RABBITMQ_LOG_BASE": "/data/log", "RABBITMQ_LOGS": "-",
			"RABBITMQ_ENABLED_PLUGINS_FILE": "/etc/rabbitmq/enabled_plugins", "RABBITMQ_PID_FILE": "/data/pid", "RABBITMQ_CONF_ENV_FILE": "/nonexistent", "RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS": "+S 1:1",
		},
		files: map[string]string{"/etc/rabbitmq/conf.d/10-user.conf": conf, "/etc/rabbitmq/enabled_plugins": "[rabbitmq_stream].\n"},
	}
}

// formRabbit makes a stream on each node, with the name of the pod.
func formRabbit(l *lab) {
	for _, p := range l.pods {
		create := fmt.Sprintf(`ok = element(1, rabbit_stream_manager:create(<<"/">>, <<"%s">>, #{<<"initial-cluster-size">> => <<"1">>, <<"queue-leader-locator">> => <<"client-local">>}, <<"%s">>)).`, p.name, rabbitUser)
		s := l.spawn(p, p.name+"-create", rabbitProcess(l, p, rabbitBin+"rabbitmqctl", "eval", create), l.container(p))
		l.finish(p.name+"'s rabbitmqctl", s)
	}
}

// rabbitStreamClient sends messages to each stream, and consumes them, where its leader is.
func rabbitStreamClient(_ context.Context, t task) report {
	host, port, err := hostPort(t.Bootstrap[0])
	if err != nil {
		return report{Err: err.Error()}
	}
	env, err := stream.NewEnvironment(stream.NewEnvironmentOptions().SetHost(host).SetPort(port).SetUser(rabbitUser).SetPassword(rabbitPassword).SetRPCTimeout(5 * time.Second))
	if err != nil {
		return report{Err: err.Error()}
	}
	var found report
	streams, received := strings.Split(t.Options["streams"], ","), 0
	for _, name := range streams {
		meta, err := env.StreamMetaData(name)
		if err != nil {
			return report{Err: fmt.Sprintf("stream %s: %v", name, err)}
		}
		c := contact{At: meta.Leader.Host + ":" + meta.Leader.Port, Who: name}
		n, err := rabbitRoundTrip(env, name)
		if received += n; err != nil {
			c.Err = err.Error()
		}
		found.Contacts = append(found.Contacts, c)
	}
	found.Remark = fmt.Sprintf("%d of %d messages", received, rabbitMessages*len(streams))
	return found
}

func rabbitRoundTrip(env *stream.Environment, name string) (int, error) {
	producer, err := env.NewProducer(name, nil)
	if err != nil {
		return 0, fmt.Errorf("producing: %w", err)
	}
	defer producer.Close()
	run := strconv.FormatInt(time.Now().UnixNano(), 10)
	for range rabbitMessages {
		if err := producer.Send(amqp.NewMessage([]byte(run))); err != nil {
			return 0, fmt.Errorf("producing: %w", err)
		}
	}
	got := make(chan struct{}, 1000)
	consumer, err := env.NewConsumer(name, func(_ stream.ConsumerContext, m *amqp.Message) {
		if string(m.GetData()) == run {
			got <- struct{}{}
		}
	}, stream.NewConsumerOptions().SetOffset(stream.OffsetSpecification{}.First()))
	if err != nil {
		return 0, fmt.Errorf("consuming: %w", err)
	}
	defer consumer.Close()
	for n := range rabbitMessages {
		select {
		case <-got:
		case <-time.After(10 * time.Second):
			return n, fmt.Errorf("consuming: %d of %d messages", n, rabbitMessages)
		}
	}
	return rabbitMessages, nil
}

// amqpClient begins AMQP's handshake with whichever server answers.
func amqpClient(_ context.Context, t task) report {
	conn, err := net.DialTimeout("tcp", t.Bootstrap[0], dialTimeout)
	if err != nil {
		return report{Err: err.Error()}
	}
	defer conn.Close()
	conn.SetDeadline(time.Now().Add(5 * time.Second))
	if _, err := conn.Write([]byte("AMQP\x00\x00\x09\x01")); err != nil {
		return report{Err: err.Error()}
	}
	frame := make([]byte, 11) // a method on channel 0: connection.start
	if _, err := conn.Read(frame); err != nil {
		return report{Err: err.Error()}
	}
	if string(frame[:3]) != "\x01\x00\x00" || string(frame[7:]) != "\x00\x0a\x00\x0a" {
		return report{Err: fmt.Sprintf("no AMQP: %q", frame)}
	}
	return report{Remark: "AMQP", Contacts: []contact{{At: t.Bootstrap[0]}}}
}

func hostPort(addr string) (host string, port int, err error) {
	host, text, err := net.SplitHostPort(addr)
	if err != nil {
		return "", 0, err
	}
	port, err = strconv.Atoi(text)
	return host, port, err
}

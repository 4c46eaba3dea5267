package main

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"os"
	"strconv"
	"strings"
	"time"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kgo"
	"github.com/twmb/franz-go/pkg/kmsg"
	"github.com/twmb/franz-go/pkg/sasl/plain"
)

// perBroker is how many messages go to each broker and back.
const perBroker = 5

// kafkaClient makes a topic with a partition on each broker, and produces to each partition and
// consumes from it, on its own and as a member of a group.
func kafkaClient(ctx context.Context, t task) report {
	opts, err := kafkaOptions(t)
	if err != nil {
		return report{Err: err.Error()}
	}
	cl, err := kgo.NewClient(append(opts, kgo.RecordPartitioner(kgo.ManualPartitioner()), kgo.RecordDeliveryTimeout(4*time.Second))...)
	if err != nil {
		return report{Err: err.Error()}
	}
	defer cl.Close()
	brokers, err := kadm.NewClient(cl).ListBrokers(ctx)
	if err != nil {
		return report{Err: fmt.Sprintf("listing brokers: %v", err)}
	}
	topic := fmt.Sprintf("lab-%d", time.Now().UnixNano())
	if err := createTopic(ctx, cl, topic, brokers); err != nil {
		return report{Err: fmt.Sprintf("creating topic: %v", err)}
	}
	var found report
	sum := 0
	for i, b := range brokers {
		c := contact{At: fmt.Sprintf("%s:%d", b.Host, b.Port)}
		n, err := roundTrip(ctx, cl, opts, topic, int32(i))
		sum += n
		if c.Who = strconv.Itoa(int(b.NodeID)); err != nil {
			c.Err = err.Error()
		}
		found.Contacts = append(found.Contacts, c)
	}
	all := perBroker * len(brokers)
	found.Remark = fmt.Sprintf("%d of %d messages", sum, all)
	if sum == all {
		if err := consumeGroup(ctx, opts, topic, all); err != nil {
			found.Err = err.Error()
		}
	}
	return found
}

func kafkaOptions(t task) ([]kgo.Opt, error) {
	opts := []kgo.Opt{kgo.SeedBrokers(t.Bootstrap...), kgo.DialTimeout(dialTimeout), kgo.RequestRetries(5), kgo.RetryTimeout(10 * time.Second), kgo.MetadataMinAge(200 * time.Millisecond)}
	if strings.HasSuffix(t.Options["protocol"], "SSL") {
		ca, err := os.ReadFile(t.Options["ca"])
		if err != nil {
			return nil, err
		}
		roots := x509.NewCertPool()
		roots.AppendCertsFromPEM(ca)
		opts = append(opts, kgo.DialTLSConfig(&tls.Config{RootCAs: roots}))
	}
	if strings.HasPrefix(t.Options["protocol"], "SASL") {
		opts = append(opts, kgo.SASL(plain.Auth{User: t.Options["user"], Pass: t.Options["password"]}.AsMechanism()))
	}
	return opts, nil
}

// createTopic makes a topic whose partitions are on one broker each.
func createTopic(ctx context.Context, cl *kgo.Client, topic string, brokers kadm.BrokerDetails) error {
	req := kmsg.NewPtrCreateTopicsRequest()
	reqTopic := kmsg.NewCreateTopicsRequestTopic()
	reqTopic.Topic, reqTopic.NumPartitions, reqTopic.ReplicationFactor = topic, -1, -1
	for i, b := range brokers {
		a := kmsg.NewCreateTopicsRequestTopicReplicaAssignment()
		a.Partition, a.Replicas = int32(i), []int32{b.NodeID}
		reqTopic.ReplicaAssignment = append(reqTopic.ReplicaAssignment, a)
	}
	req.Topics = append(req.Topics, reqTopic)
	resp, err := req.RequestWith(ctx, cl)
	if err != nil {
		return err
	}
	return kerr.ErrorForCode(resp.Topics[0].ErrorCode)
}

// roundTrip produces to a partition and consumes from it, and returns the number of messages
// that came back.
func roundTrip(ctx context.Context, cl *kgo.Client, opts []kgo.Opt, topic string, partition int32) (int, error) {
	for i := range perBroker {
		record := &kgo.Record{Topic: topic, Partition: partition, Value: []byte(strconv.Itoa(i))}
		if err := cl.ProduceSync(ctx, record).FirstErr(); err != nil {
			return 0, fmt.Errorf("producing: %w", err)
		}
	}
	at := map[string]map[int32]kgo.Offset{topic: {partition: kgo.NewOffset().AtStart()}}
	return consume(ctx, append(opts, kgo.ConsumePartitions(at)), perBroker)
}

// consumeGroup reads all messages as the member of a group, whose coordinator is one of the
// brokers.
func consumeGroup(ctx context.Context, opts []kgo.Opt, topic string, all int) error {
	_, err := consume(ctx, append(opts, kgo.ConsumerGroup(topic), kgo.ConsumeTopics(topic), kgo.ConsumeResetOffset(kgo.NewOffset().AtStart())), all)
	if err != nil {
		return fmt.Errorf("in a group: %w", err)
	}
	return nil
}

func consume(ctx context.Context, opts []kgo.Opt, want int) (int, error) {
	ctx, cancel := context.WithTimeout(ctx, 10*time.Second)
	defer cancel()
	cl, err := kgo.NewClient(opts...)
	if err != nil {
		return 0, err
	}
	defer cl.Close()
	n := 0
	for n < want {
		fetches := cl.PollFetches(ctx)
		if ctx.Err() != nil {
			return n, fmt.Errorf("consuming: %d of %d messages", n, want)
		}
		n += fetches.NumRecords()
	}
	return n, nil
}

// kafkaControllersClient asks a controller for all controllers, and each of them for its number.
func kafkaControllersClient(ctx context.Context, t task) report {
	first, err := describeControllers(ctx, t, t.Bootstrap)
	if err != nil {
		return report{Err: err.Error()}
	}
	found := report{Remark: fmt.Sprintf("%d controllers", len(first.Brokers))}
	for _, b := range first.Brokers {
		c := contact{At: fmt.Sprintf("%s:%d", b.Host, b.Port), Who: strconv.Itoa(int(b.NodeID))}
		if _, err := describeControllers(ctx, t, []string{c.At}); err != nil {
			c.Err = err.Error()
		}
		found.Contacts = append(found.Contacts, c)
	}
	return found
}

func describeControllers(ctx context.Context, t task, seeds []string) (*kmsg.DescribeClusterResponse, error) {
	t.Bootstrap = seeds
	opts, err := kafkaOptions(t)
	if err != nil {
		return nil, err
	}
	cl, err := kgo.NewClient(opts...)
	if err != nil {
		return nil, err
	}
	defer cl.Close()
	req := kmsg.NewPtrDescribeClusterRequest()
	req.EndpointType = 2 // controllers
	resp, err := cl.SeedBrokers()[0].Request(ctx, req)
	if err != nil {
		return nil, err
	}
	described := resp.(*kmsg.DescribeClusterResponse)
	return described, kerr.ErrorForCode(described.ErrorCode)
}

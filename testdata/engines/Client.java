import com.hazelcast.client.HazelcastClient;
import com.hazelcast.client.config.ClientConfig;
import com.hazelcast.client.impl.clientside.HazelcastClientProxy;
import com.hazelcast.client.impl.connection.ClientConnection;
import com.hazelcast.cluster.Address;
import com.hazelcast.cluster.Member;
import com.hazelcast.core.HazelcastInstance;
import com.hazelcast.instance.EndpointQualifier;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;

/** Prints each member that the first one names, with its id if the client is connected with it. */
public class Client {
  public static void main(String[] args) throws Exception {
    ClientConfig config = new ClientConfig();
    config.setClusterName(args[1]);
    config.getNetworkConfig().addAddress(args[0]).setConnectionTimeout(2000);
    config.getConnectionStrategyConfig().getConnectionRetryConfig().setClusterConnectTimeoutMillis(15000);
    HazelcastInstance client = HazelcastClient.newHazelcastClient(config);
    Thread.sleep(3000); // connections with further members are opened later
    Set<UUID> connected = ((HazelcastClientProxy) client).client.getConnectionManager().getActiveConnections().stream()
        .map(ClientConnection::getRemoteUuid).collect(Collectors.toSet());
    for (Member m : client.getCluster().getMembers()) {
      Address a = m.getAddressMap().getOrDefault(EndpointQualifier.CLIENT, m.getAddress());
      System.out.println("member " + a.getHost() + ":" + a.getPort() + " " + (connected.contains(m.getUuid()) ? m.getUuid() : ""));
    }
    if (connected.size() == client.getCluster().getMembers().size()) {
      Map<String, Integer> map = client.getMap("lab");
      for (int i = 0; i < 200; i++) {
        map.put("key-" + i, i);
      }
      System.out.println("keys " + map.size());
    }
    System.exit(0);
  }
}

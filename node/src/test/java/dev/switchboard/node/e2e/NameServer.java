package dev.switchboard.node.e2e;

import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * A DNS server on 127.0.0.1 that has the same IPv4 addresses for every name and, where it knows a port, a service record for
 * each of them with the address beside it, as Kubernetes' has.
 */
final class NameServer implements AutoCloseable {
    private static final int HEADER = 12;
    private static final int LARGEST = 512;
    private static final short ANSWER_WITHOUT_ERROR = (short) 0x8180;
    private static final short NAME_OF_THE_QUESTION = (short) 0xC00C;
    private static final short IPV4 = 1;
    private static final short SERVICE = 33;
    private static final short INTERNET = 1;
    private static final short PRIORITY_AND_WEIGHT = 1;
    private static final int TTL_SECONDS = 1;

    private final DatagramSocket socket = new DatagramSocket(0, InetAddress.getByName("127.0.0.1"));
    private final List<InetAddress> addresses;
    private final int servicePort;

    /** {@code servicePort} is that of service records; 0 has none of them. */
    NameServer(List<InetAddress> addresses, int servicePort) throws IOException {
        this.addresses = List.copyOf(addresses);
        this.servicePort = servicePort;
        Thread thread = new Thread(this::serve, "name-server");
        thread.setDaemon(true);
        thread.start();
    }

    int port() {
        return socket.getLocalPort();
    }

    private void serve() {
        DatagramPacket packet = new DatagramPacket(new byte[LARGEST], LARGEST);
        while (!socket.isClosed()) {
            try {
                packet.setLength(LARGEST);
                socket.receive(packet);
                byte[] answer = answer(ByteBuffer.wrap(packet.getData(), 0, packet.getLength()));
                socket.send(new DatagramPacket(answer, answer.length, packet.getSocketAddress()));
            } catch (IOException e) {
                // Closed, or a question that nobody waits for any more.
                continue;
            }
        }
    }

    /** RFC 1035 §4: the question is repeated; each record points back to its name. */
    private byte[] answer(ByteBuffer query) {
        int end = HEADER;
        while (query.get(end) != 0) {
            end += 1 + query.get(end);
        }
        short type = query.getShort(end + 1);
        byte[] question = new byte[end + 5 - HEADER];
        query.position(HEADER).get(question);
        boolean services = type == SERVICE && servicePort > 0;
        int found = services || type == IPV4 ? addresses.size() : 0;
        ByteBuffer answer = ByteBuffer.allocate(LARGEST)
                .putShort(query.getShort(0))
                .putShort(ANSWER_WITHOUT_ERROR)
                .putShort((short) 1)
                .putShort((short) found)
                .putShort((short) 0)
                .putShort((short) (services ? found : 0))
                .put(question);
        if (services) {
            List<byte[]> names = new ArrayList<>();
            for (int i = 0; i < found; i++) {
                names.add(name("node-" + i));
                putService(answer, names.get(i));
            }
            for (int i = 0; i < found; i++) {
                answer.put(names.get(i));
                putAddress(answer, addresses.get(i));
            }
        } else {
            for (int i = 0; i < found; i++) {
                answer.putShort(NAME_OF_THE_QUESTION);
                putAddress(answer, addresses.get(i));
            }
        }
        byte[] bytes = new byte[answer.position()];
        answer.flip().get(bytes);
        return bytes;
    }

    /** RFC 2782. */
    private void putService(ByteBuffer answer, byte[] target) {
        answer.putShort(NAME_OF_THE_QUESTION)
                .putShort(SERVICE)
                .putShort(INTERNET)
                .putInt(TTL_SECONDS)
                .putShort((short) (3 * Short.BYTES + target.length))
                .putShort(PRIORITY_AND_WEIGHT)
                .putShort(PRIORITY_AND_WEIGHT)
                .putShort((short) servicePort)
                .put(target);
    }

    private static void putAddress(ByteBuffer answer, InetAddress address) {
        answer.putShort(IPV4)
                .putShort(INTERNET)
                .putInt(TTL_SECONDS)
                .putShort((short) address.getAddress().length)
                .put(address.getAddress());
    }

    private static byte[] name(String label) {
        byte[] text = label.getBytes(StandardCharsets.US_ASCII);
        return ByteBuffer.allocate(text.length + 2)
                .put((byte) text.length)
                .put(text)
                .put((byte) 0)
                .array();
    }

    @Override
    public void close() {
        socket.close();
    }
}

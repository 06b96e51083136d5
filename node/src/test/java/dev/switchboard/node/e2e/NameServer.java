package dev.switchboard.node.e2e;

import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.util.List;

/** A DNS server on 127.0.0.1 that has the same IPv4 addresses for every name, and nothing else. */
final class NameServer implements AutoCloseable {
    private static final int HEADER = 12;
    private static final int LARGEST = 512;
    private static final short ANSWER_WITHOUT_ERROR = (short) 0x8180;
    private static final short NAME_OF_THE_QUESTION = (short) 0xC00C;
    private static final short IPV4 = 1;
    private static final short INTERNET = 1;
    private static final int TTL_SECONDS = 1;

    private final DatagramSocket socket = new DatagramSocket(0, InetAddress.getByName("127.0.0.1"));
    private final List<InetAddress> addresses;

    NameServer(List<InetAddress> addresses) throws IOException {
        this.addresses = List.copyOf(addresses);
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
        List<InetAddress> found = type == IPV4 ? addresses : List.of();
        ByteBuffer answer = ByteBuffer.allocate(LARGEST)
                .putShort(query.getShort(0))
                .putShort(ANSWER_WITHOUT_ERROR)
                .putShort((short) 1)
                .putShort((short) found.size())
                .putInt(0)
                .put(question);
        for (InetAddress address : found) {
            answer.putShort(NAME_OF_THE_QUESTION)
                    .putShort(IPV4)
                    .putShort(INTERNET)
                    .putInt(TTL_SECONDS)
                    .putShort((short) address.getAddress().length)
                    .put(address.getAddress());
        }
        byte[] bytes = new byte[answer.position()];
        answer.flip().get(bytes);
        return bytes;
    }

    @Override
    public void close() {
        socket.close();
    }
}

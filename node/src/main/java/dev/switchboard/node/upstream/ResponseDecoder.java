package dev.switchboard.node.upstream;

import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http.HttpDecoderConfig;
import io.netty.handler.codec.http.HttpMessage;
import io.netty.handler.codec.http.HttpResponseDecoder;
import io.netty.util.ReferenceCountUtil;

/**
 * HTTP responses out of bytes, which also tells whether the next response can be told from the last one: a provider that says
 * more than it was asked must not answer the next request with it.
 */
final class ResponseDecoder extends HttpResponseDecoder {
    private boolean awaited = true;
    private boolean doubtful;

    ResponseDecoder(HttpDecoderConfig limits) {
        super(limits);
    }

    /** Whether a request waits for its response: what comes while none does closes the connection, undecoded. */
    void await(boolean response) {
        awaited = response;
    }

    /** Whether the response ended beyond doubt and nothing was said after it. */
    boolean endedCleanly() {
        return !doubtful && actualReadableBytes() == 0;
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object bytes) throws Exception {
        if (awaited) {
            super.channelRead(context, bytes);
        } else {
            ReferenceCountUtil.release(bytes);
            context.close();
        }
    }

    /** Two ways to tell the end, which may differ: the chunks count, and the connection serves no more (RFC 9112 §6.3). */
    @Override
    protected void handleTransferEncodingChunkedWithContentLength(HttpMessage message) {
        doubtful = true;
        super.handleTransferEncodingChunkedWithContentLength(message);
    }
}

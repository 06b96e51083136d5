package dev.switchboard.node.socket;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.function.Consumer;

/**
 * Keeps what a new connection receives until there is who wants it: it is removed then, and all goes on to the handlers
 * behind. It is needed though nothing is to be read before: epoll reads all there is, up to the kernel's buffer, when the
 * other side has said its last.
 */
final class HoldBack extends ChannelInboundHandlerAdapter {
    private final Queue<Consumer<ChannelHandlerContext>> held = new ArrayDeque<>(4);

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        held.add(later -> later.fireChannelRead(message));
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext context, Object event) {
        held.add(later -> later.fireUserEventTriggered(event));
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        held.add(later -> later.fireExceptionCaught(cause));
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
        held.add(ChannelHandlerContext::fireChannelInactive);
    }

    /** Also when the connection is gone before anyone wanted it: what was read is released behind the last handler. */
    @Override
    public void handlerRemoved(ChannelHandlerContext context) {
        held.forEach(each -> each.accept(context));
        held.clear();
    }
}

package dev.switchboard.node.http;

import akka.NotUsed;
import akka.http.javadsl.model.ContentType;
import akka.http.javadsl.model.HttpEntity;
import akka.http.javadsl.model.ResponseEntity;
import akka.http.scaladsl.model.HttpEntity.ChunkStreamPart;
import akka.stream.FlowShape;
import akka.stream.Graph;
import akka.stream.javadsl.Source;

/**
 * Answers in chunks, as chunks. Akka HTTP's ways by their bytes put ten stages and more around each, and every one of
 * them costs an open stream memory and an event time.
 */
final class Chunks {
    private Chunks() {}

    /** An entity of these chunks. */
    @SuppressWarnings("unchecked") // Scala's source is covariant.
    static ResponseEntity of(ContentType type, Source<ChunkStreamPart, NotUsed> chunks) {
        akka.stream.scaladsl.Source<ChunkStreamPart, ?> scala = chunks.asScala();
        return new akka.http.scaladsl.model.HttpEntity.Chunked(
                (akka.http.scaladsl.model.ContentType) type,
                (akka.stream.scaladsl.Source<ChunkStreamPart, Object>) scala);
    }

    /** The same entity with its chunks sent through {@code stage}. */
    static ResponseEntity of(
            HttpEntity.Chunked entity, Graph<FlowShape<ChunkStreamPart, ChunkStreamPart>, NotUsed> stage) {
        akka.http.scaladsl.model.HttpEntity.Chunked chunked = (akka.http.scaladsl.model.HttpEntity.Chunked) entity;
        return new akka.http.scaladsl.model.HttpEntity.Chunked(
                chunked.contentType(), chunked.chunks().via(stage));
    }
}

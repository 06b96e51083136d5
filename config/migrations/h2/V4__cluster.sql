-- Who gets to live on after a partition: one row a lease, by the database's clock (milliseconds since 1970).
CREATE TABLE cluster_lease (
    name VARCHAR(255) NOT NULL,
    owner VARCHAR(255) NOT NULL,
    expires_at BIGINT NOT NULL,
    PRIMARY KEY (name)
);

-- Members of the cluster that uses this database; each says every second that it is there.
CREATE TABLE cluster_member (
    address VARCHAR(255) NOT NULL,
    cluster VARCHAR(63) NOT NULL,
    version VARCHAR(63) NOT NULL,
    encryption_keys VARCHAR(1000) NOT NULL,
    seen_at BIGINT NOT NULL,
    PRIMARY KEY (address)
);

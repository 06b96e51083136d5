package dev.switchboard.node.upstream;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AddressRulesTest {
    @ParameterizedTest
    @ValueSource(
            strings = {
                "169.254.169.254",
                "169.254.0.1",
                "fe80::1",
                "::ffff:169.254.169.254",
                "64:ff9b::169.254.169.254",
                "2002:a9fe:a9fe::1",
                "::169.254.169.254",
                "fd00:ec2::254",
                "100.100.100.200",
                "192.0.0.192",
                "168.63.129.16",
                "fd20:ce::254",
                "64:ff9b::100.100.100.200",
                "0.0.0.0",
                "::",
                "224.0.0.1",
                "ff02::1",
                "255.255.255.255"
            })
    void reservedAddressesAreRefusedAlways(String address) throws Exception {
        assertThat(AddressRules.problem(InetAddress.getByName(address), true)).isNotNull();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "127.0.0.1",
                "127.8.8.8",
                "::1",
                "10.1.2.3",
                "172.16.0.1",
                "192.168.1.1",
                "100.64.0.1",
                "fc00::1",
                "fd12::1",
                "0.1.2.3",
                "192.0.0.8",
                "240.0.0.1",
                "::ffff:127.0.0.1",
                "fec0::1",
                "64:ff9b:1::8.8.8.8",
                "64:ff9b::10.0.0.1"
            })
    void privateAddressesAreRefusedByTheSetting(String address) throws Exception {
        assertThat(AddressRules.problem(InetAddress.getByName(address), true)).isNull();
        assertThat(AddressRules.problem(InetAddress.getByName(address), false)).contains("private");
    }

    @ParameterizedTest
    @ValueSource(strings = {"8.8.8.8", "172.32.0.1", "100.128.0.1", "2001:4860:4860::8888"})
    void publicAddressesAreFine(String address) throws Exception {
        assertThat(AddressRules.problem(InetAddress.getByName(address), false)).isNull();
    }
}

package dev.switchboard.node.vault;

import static org.assertj.core.api.Assertions.assertThat;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.AlphaChars;
import net.jqwik.api.constraints.StringLength;

class MaskPropertyTest {
    @Property
    void neverShowsMoreThanSevenCharactersOfAToken(@ForAll @AlphaChars @StringLength(max = 60) String secret) {
        String shown = Mask.of(secret).replace("…", "");
        assertThat(shown.length()).isLessThanOrEqualTo(secret.length() >= 16 ? 7 : 0);
    }
}

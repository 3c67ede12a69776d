package io.portolan.mapping;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class MappingPageTest {

    private static final Path PAGE = Goldens.root().resolve("docs/mapping.md");

    @Test
    void holdsThePageToTheTables() throws Exception {
        String page = MappingPage.markdown();
        if (Goldens.rewrite()) {
            Files.writeString(PAGE, page);
        }
        assertThat(PAGE)
                .as("docs/mapping.md is stale; ./dev golden rewrites it")
                .exists()
                .content()
                .isEqualTo(page);
    }
}

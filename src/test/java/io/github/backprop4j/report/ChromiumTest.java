package io.github.backprop4j.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.sun.net.httpserver.HttpServer;
import io.github.backprop4j.data.Dataset;
import io.github.backprop4j.data.DrawnShapes;
import io.github.backprop4j.inference.Evaluator;
import io.github.backprop4j.inference.Views;
import io.github.backprop4j.network.Engine;
import io.github.backprop4j.training.Trainer;
import io.github.backprop4j.training.Training;
import io.github.backprop4j.training.TrainingSettings;
import java.io.File;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A browser shows the page without a word in its console, and asks for nothing but the page. Skipped where none is. */
class ChromiumTest {

    @TempDir
    private static Path folder;

    private static Path chromium;

    /** What came of a visit: the page as the browser has it, its log, and what it asked for, of any host in example. */
    private record Visit(String page, String log, List<String> requests) {}

    @BeforeAll
    static void findTheBrowser() {
        Optional<Path> found = Stream.of(System.getenv().getOrDefault("PATH", "").split(File.pathSeparator))
                .flatMap(each -> Stream.of("chromium", "chromium-browser", "google-chrome").map(Path.of(each)::resolve))
                .filter(Files::isExecutable).findFirst();
        assumeTrue(found.isPresent(), "no chromium here");
        chromium = found.get();
    }

    private static Visit visit(String page) throws IOException, InterruptedException {
        List<String> requests = new CopyOnWriteArrayList<>();
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", exchange -> {
            requests.add(exchange.getRequestHeaders().getFirst("Host").replaceAll(":.*", "") + exchange.getRequestURI());
            byte[] answer = page.getBytes(StandardCharsets.UTF_8);
            exchange.getResponseHeaders().add("Content-Type", "text/html");
            exchange.sendResponseHeaders(200, answer.length);
            exchange.getResponseBody().write(answer);
            exchange.close();
        });
        server.start();
        Path out = folder.resolve("out.html");
        Path log = folder.resolve("log.txt");
        Process process = new ProcessBuilder(chromium.toString(), "--headless=new", "--no-sandbox", "--disable-gpu",
                "--no-first-run", "--no-proxy-server", "--disable-background-networking", "--enable-logging=stderr", "--v=0",
                "--user-data-dir=" + folder.resolve("profile"), "--disable-component-update",
                "--host-resolver-rules=MAP *.example 127.0.0.1:" + server.getAddress().getPort() + ", MAP * ~NOTFOUND",
                "--dump-dom", "http://ours.example/report.html")
                .redirectOutput(out.toFile()).redirectError(log.toFile()).start();
        try {
            assertTrue(process.waitFor(100, TimeUnit.SECONDS), "chromium did not end");
        } finally {
            process.destroyForcibly();
            server.stop(0);
        }
        return new Visit(Files.readString(out), Files.readString(log), List.copyOf(requests));
    }

    @Test
    void thePageNeedsNothingAndHasNoErrors() throws IOException, InterruptedException {
        Dataset shapes = new Dataset("shapes", DrawnShapes.training(100), DrawnShapes.test().range(0, 60));
        Training training = Training.of(TrainingSettings.builder().layers("conv:4:3,relu,pool:4").epochs(2)
                .engine(Engine.IM2COL).validation(0.2).seed(1).build(), shapes);
        Path file = folder.resolve("report.html");
        try (TrainingReport report = new TrainingReport(file, training, Optional.empty(), problem -> {})) {
            Trainer.Result result = training.run(training.trainer().listener(report).build());
            Outcomes outcomes = new Outcomes(shapes.test().classNames().size());
            report.finish(result, Evaluator.evaluate(result.network(), shapes.test(), Views.ONE, outcomes), outcomes);
        }
        Visit visit = visit(Files.readString(file));
        assertTrue(visit.page().contains("id=\"s0\"") && visit.page().contains("Model card"), visit.log());
        assertFalse(visit.log().contains("CONSOLE"), visit.log());
        assertEquals(List.of("ours.example/report.html"), visit.requests());
    }

    /** What the test above would see of a page that is not as it should be; and such a page has no effect. */
    @Test
    void aPageThatFetchesOrRunsIsFound() throws IOException, InterruptedException {
        String ours = new ReportPage("x", "y", false, Map.of(), List.of()).html();
        Visit visit = visit(ours.replace("</body>",
                "<img src='http://elsewhere.example/x.png'/><script>document.title = 'ran'</script></body>"));
        assertTrue(visit.log().matches("(?s).*CONSOLE[^\n]*http://elsewhere.example/x.png.*"), visit.log());
        assertTrue(visit.log().matches("(?s).*CONSOLE[^\n]*script.*"), visit.log());
        assertFalse(visit.page().contains("<title>ran"), visit.page());
        assertEquals(List.of("ours.example/report.html"), visit.requests());
    }
}

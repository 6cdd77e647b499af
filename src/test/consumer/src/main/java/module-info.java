/** As a module; without this file the project is on the class path. */
module example {
    requires io.github.backprop4j;
    // for BufferedImage, which a Classifier takes as well as files
    requires java.desktop;
}

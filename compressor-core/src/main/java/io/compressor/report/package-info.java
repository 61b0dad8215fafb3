/** The report: facts in JSON, rendered to HTML, Markdown and JUnit. */
@NullMarked
package io.compressor.report;

import org.jspecify.annotations.NullMarked;

package io.compressor.pipeline;

import io.compressor.evaluate.GateResult;
import io.compressor.report.Report;
import java.nio.file.Path;

/**
 * What came out.
 *
 * @param model the file written, also when the gate failed (its metadata says so)
 * @param gate passed when there was no rule
 */
public record CompressionResult(Path model, Report report, GateResult gate) {}

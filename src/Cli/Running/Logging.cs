using R1Reward.Actors.Configuration;
using R1Reward.Actors.Hosting;
using Serilog;
using Serilog.Events;
using Serilog.Formatting.Json;

namespace R1Reward.Cli.Running;

/// <summary>Sets Serilog up: short lines for people on the console, JSON lines with run, step, role and worker in the run folder.</summary>
internal static class Logging
{
    public static void Start(SettingsReader reader, string run, string? file)
    {
        var console = Level(reader, "r1reward.log.console");
        var inFile = Level(reader, "r1reward.log.file");
        reader.ThrowIfWrong();
        var log = new LoggerConfiguration()
            .MinimumLevel.Is(console < inFile ? console : inFile)
            .Enrich.WithProperty("Run", run)
            .Enrich.With(new RunEnricher())
            .WriteTo.Console(console, "{Timestamp:HH:mm:ss} {Level:u3} {Message:lj}{NewLine}", standardErrorFromLevel: LogEventLevel.Verbose);
        if (file is not null)
        {
            Directory.CreateDirectory(Path.GetDirectoryName(file)!);
            log = log.WriteTo.File(new JsonFormatter(renderMessage: false), file, inFile, shared: true);
        }

        Log.Logger = log.CreateLogger();
    }

    private static LogEventLevel Level(SettingsReader reader, string key) => reader.OneOf<LogEventLevel>(key);
}

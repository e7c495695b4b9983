using R1Reward.Actors.Configuration;
using R1Reward.Actors.Hosting;
using Serilog;
using Serilog.Events;
using Serilog.Filters;
using Serilog.Formatting.Json;

namespace R1Reward.Cli.Running;

/// <summary>
/// Sets Serilog up: short lines for people on the console, JSON lines with run, step, role and worker in the run
/// folder.
/// </summary>
internal static class Logging
{
    private const string ConsoleTemplate = "{Timestamp:HH:mm:ss} {Level:u3} {Message:lj}{NewLine}";

    /// <summary>Makes the program's logger from now on.</summary>
    /// <param name="reader">Where the levels stand.</param>
    /// <param name="run">Name of the run.</param>
    /// <param name="file">The log file; null for none.</param>
    /// <returns>What says on every event which step this process works on, once it follows the actor system.</returns>
    public static RunEnricher Start(SettingsReader reader, string run, string? file)
    {
        var enricher = new RunEnricher();
        var (console, inFile) = Levels(reader);
        reader.ThrowIfWrong();
        var log = new LoggerConfiguration()
            .MinimumLevel.Is(console < inFile ? console : inFile)
            .Enrich.WithProperty("Run", run)
            .Enrich.With(enricher)
            .WriteTo.Logger(people => people
                .Filter.ByExcluding(IsEnginesOwn)
                .WriteTo.Console(console, ConsoleTemplate, standardErrorFromLevel: LogEventLevel.Verbose));
        if (file is not null)
        {
            Directory.CreateDirectory(Path.GetDirectoryName(file)!);
            log = log.WriteTo.File(new JsonFormatter(renderMessage: false), file, inFile, shared: true);
        }

        Log.Logger = log.CreateLogger();
        return enricher;
    }

    /// <summary>From which level on events are shown, and from which on they are kept.</summary>
    public static (LogEventLevel Console, LogEventLevel File) Levels(SettingsReader reader) => (
        reader.OneOf<LogEventLevel>("r1reward.log.console"), reader.OneOf<LogEventLevel>("r1reward.log.file"));

    // Akka.NET warns of every connection that ends, or calls it an error, also where a node leaves in good order. What
    // a user can act on, such as a worker that is lost, the program says itself. So of the engine's events the console
    // shows only failures of the program's own actors.
    private static bool IsEnginesOwn(LogEvent logged)
    {
        var ofOurActor = logged.Properties.TryGetValue("Source", out var source)
            && source.ToString().Contains("/user/", StringComparison.Ordinal);
        return Matching.FromSource("Akka")(logged) && !(ofOurActor && logged.Level >= LogEventLevel.Error);
    }
}

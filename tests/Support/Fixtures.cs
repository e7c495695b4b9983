namespace R1Reward.Tests.Support;

/// <summary>
/// Where the reference fixtures lie: <c>R1_FIXTURES</c>, else <c>../shared/fixtures</c> beside the repository.
/// </summary>
public static class Fixtures
{
    /// <summary>The fixtures folder, whether it exists or not.</summary>
    public static string Root { get; } = Environment.GetEnvironmentVariable("R1_FIXTURES") is { Length: > 0 } named
        ? System.IO.Path.GetFullPath(named)
        : Shared("fixtures");

    /// <summary>The folder that holds R1Reward.sln.</summary>
    public static string Repository
    {
        get
        {
            var folder = AppContext.BaseDirectory;
            while (folder is not null && !File.Exists(System.IO.Path.Combine(folder, "R1Reward.sln")))
            {
                folder = System.IO.Path.GetDirectoryName(folder);
            }

            return folder ?? throw new InvalidOperationException("No R1Reward.sln above " + AppContext.BaseDirectory);
        }
    }

    /// <summary>
    /// The folder of real evaluation data, beside the fixtures or else in <c>../shared</c>, whether it exists or not.
    /// </summary>
    public static string Data { get; } = FindData();

    /// <summary>Null when the folder is there, else the reason to skip.</summary>
    public static string? SkipReason { get; } = Directory.Exists(Root)
        ? null
        : $"reference fixtures not found at {Root}; set R1_FIXTURES";

    /// <summary>Null when the evaluation data is there, else the reason to skip.</summary>
    public static string? DataSkipReason { get; } = Directory.Exists(Data)
        ? null
        : $"evaluation data not found at {Data}";

    /// <summary>A path under the fixtures folder.</summary>
    public static string Path(params string[] parts) => System.IO.Path.Combine([Root, .. parts]);

    private static string FindData()
    {
        var beside = System.IO.Path.GetFullPath(System.IO.Path.Combine(Root, "..", "data"));
        return Directory.Exists(beside) ? beside : Shared("data");
    }

    private static string Shared(string name) =>
        System.IO.Path.GetFullPath(System.IO.Path.Combine(Repository, "..", "shared", name));
}

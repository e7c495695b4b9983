namespace R1Reward.Cli.Running;

/// <summary>
/// The process that started this one as a further node of its own (<see cref="ChildNode"/>). It speaks by this one's
/// standard input: the first line is the address by way of which to join, and the end means that this one is to leave.
/// </summary>
internal sealed class ParentProcess : IDisposable
{
    /// <summary>The environment variable that is set for such a node.</summary>
    public const string Variable = "R1_PARENT";

    private readonly StreamReader _input = new(Console.OpenStandardInput());

    private ParentProcess()
    {
    }

    /// <summary>The parent of this process; null for one that was started in any other way.</summary>
    public static ParentProcess? Find() =>
        Environment.GetEnvironmentVariable(Variable) is null ? null : new ParentProcess();

    /// <summary>The address by way of which to join; null when there will be none.</summary>
    public async Task<string?> SeedAsync() => await _input.ReadLineAsync();

    /// <summary>Completes when the parent has this process leave, or has ended in any way.</summary>
    public async Task GoneAsync() => await _input.ReadToEndAsync();

    public void Dispose() => _input.Dispose();
}

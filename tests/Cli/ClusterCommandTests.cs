using R1Reward.Tests.Support;

namespace R1Reward.Cli.Tests;

public sealed class ClusterCommandTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Certs_makes_a_folder_per_host_and_says_what_each_configuration_needs()
    {
        var certs = _folder.At("certs");

        var made = await Invocation.RunAsync("cluster", "certs", "--out", certs, "--hosts", "node1, 10.0.0.2");

        Assert.Equal((0, ""), (made.ExitCode, made.Error));
        Assert.Contains($"{Path.Combine(certs, "node1")}: for host node1 alone, until 20", made.Output);
        Assert.Contains("r1reward.node.tls.authority = ", made.Output);
        Assert.Equal(
            ["10.0.0.2/ca.pem", "10.0.0.2/node.pfx", "ca.key", "ca.pem", "node1/ca.pem", "node1/node.pfx"],
            Directory.GetFiles(certs, "*", SearchOption.AllDirectories)
                .Select(file => Path.GetRelativePath(certs, file))
                .Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData("10.0.0.2:4053", "365", "write host names or IP addresses")]
    [InlineData(" , ", "365", "name one host at least")]
    [InlineData("10.0.0.2", "0", "--days 0: write 1 to 3650")]
    public async Task A_wrong_host_or_number_of_days_is_one_line(string hosts, string days, string expected)
    {
        var refused = await Invocation.RunAsync(
            "cluster", "certs", "--out", _folder.At("certs"), "--hosts", hosts, "--days", days);

        Assert.Contains(expected, refused.Mistake());
    }
}

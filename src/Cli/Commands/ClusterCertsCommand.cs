using System.CommandLine;
using System.Globalization;
using R1Reward.Actors.Certificates;
using R1Reward.Data;

namespace R1Reward.Cli.Commands;

/// <summary><c>r1reward cluster certs</c>: the authority of a cluster and the certificates of its nodes.</summary>
internal static class ClusterCertsCommand
{
    public static Command Create()
    {
        var output = new Option<string>("--out")
        {
            Description = "folder; one that has an authority is added to",
            Required = true,
            HelpName = "DIR",
        };
        var hosts = new Option<string>("--hosts")
        {
            Description = "names or IP addresses of the hosts, with commas between them, as the nodes are to be called",
            Required = true,
            HelpName = "A,B,C",
        };
        var days = new Option<int>("--days")
        {
            Description = "how long the certificates of the nodes hold",
            DefaultValueFactory = _ => 365,
        };
        var command = new Command("certs", "make certificates for the nodes of a cluster that speaks TLS")
        {
            output, hosts, days,
        };
        command.SetAction(parsed => Make(
            parsed.GetValue(output)!, parsed.GetValue(hosts)!, parsed.GetValue(days), TimeProvider.System));
        return command;
    }

    private static void Make(string folder, string hosts, int days, TimeProvider time)
    {
        if (days is < 1 or > 3650)
        {
            throw new UserErrorException($"--days {days}: write 1 to 3650, which is how long the authority holds.");
        }

        const StringSplitOptions options = StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries;
        var names = hosts.Split(',', options);
        var until = ClusterCertificates.Write(folder, names, TimeSpan.FromDays(days), time.GetUtcNow());
        foreach (var name in names)
        {
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"{Path.Combine(folder, name)}: for host {name} alone, until {until:yyyy-MM-dd}"));
        }

        Console.WriteLine(
            $"""
            {Path.Combine(folder, ClusterCertificates.AuthorityKeyFile)}: signs more hosts; keep it where no node runs

            Copy the folder of each host to the same place on it, for example /etc/r1reward, and write there:
              r1reward.node.tls.authority = "/etc/r1reward/{ClusterCertificates.AuthorityFile}"
              akka.remote.dot-netty.tcp.enable-ssl = on
              akka.remote.dot-netty.tcp.ssl.certificate.path = "/etc/r1reward/{ClusterCertificates.NodeFile}"
            Seed nodes then begin with akka.ssl.tcp://
            """);
    }
}

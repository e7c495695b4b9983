using System.Reflection;
using System.Runtime.InteropServices;
using R1Reward.Data;
using R1Reward.Policy.Exchange;
using R1Reward.Policy.Exchange.Nccl;
using R1Reward.Tests.Support;
using static TorchSharp.torch;

namespace R1Reward.Policy.Tests.Exchange.Nccl;

/// <summary>What is called of NCCL and of the CUDA driver, beside a table of what their headers declare.</summary>
public sealed class NcclHeaderTests
{
    private static readonly Dictionary<string, Type> _types = new()
    {
        ["ncclResult_t"] = typeof(int),
        ["ncclDataType_t"] = typeof(int),
        ["ncclRedOp_t"] = typeof(int),
        ["CUresult"] = typeof(int),
        ["CUdevice"] = typeof(int),
        ["int"] = typeof(int),
        ["unsigned int"] = typeof(uint),
        ["size_t"] = typeof(nuint),
        ["void"] = typeof(void),
        ["char"] = typeof(byte),
        ["CUuuid"] = typeof(byte),
        ["ncclUniqueId"] = typeof(NcclUniqueId),
        ["ncclConfig_t"] = typeof(NcclConfig),
        ["ncclComm_t"] = typeof(nint),
        ["cudaStream_t"] = typeof(nint),
        ["CUcontext"] = typeof(nint),
        ["CUstream"] = typeof(nint),
        ["CUevent"] = typeof(nint),
    };

    [Fact]
    public void Every_function_has_the_types_of_the_header_and_is_asked_for_by_its_name()
    {
        var asked = new List<string>();
        nint Export(string name)
        {
            asked.Add(name);
            return asked.Count;
        }

        object[] libraries = [new NcclApi(Export), new CudaApi(Export)];
        var used = libraries.SelectMany(library => Functions(library.GetType())).ToList();
        Assert.Equal(Table().Keys.Order(StringComparer.Ordinal), asked.Order(StringComparer.Ordinal));
        Assert.Equal(asked.Count, used.Count);
        foreach (var (name, types) in used)
        {
            var declared = Table()[asked.Single(full => full is var it && (it == name || it == name + "_v2"))];
            Assert.Equal((name, declared), (name, types));
        }
    }

    [Fact]
    public void Each_function_has_the_address_of_its_own_name()
    {
        var addresses = new Dictionary<string, nint>();
        var library = new NcclApi(name => addresses[name] = addresses.Count + 1);
        foreach (var field in Fields(typeof(NcclApi)))
        {
            Assert.Equal(addresses["nccl" + field.Name], (nint)field.GetValue(library)!);
        }
    }

    [Fact]
    public void Structures_have_the_sizes_of_the_header()
    {
        Assert.Equal(128, Marshal.SizeOf<NcclUniqueId>());
        Assert.Equal(24, Marshal.SizeOf<NcclConfig>());
        Assert.Equal(16, Marshal.OffsetOf<NcclConfig>(nameof(NcclConfig.Blocking)));
        var config = NcclConfig.NonBlocking;
        Assert.Equal((24u, 0xcafebeef, 21400u, 0), (config.Size, config.Magic, config.Version, config.Blocking));
    }

    [Theory]
    [InlineData(ScalarType.Float16, 6)]
    [InlineData(ScalarType.Float32, 7)]
    [InlineData(ScalarType.Float64, 8)]
    [InlineData(ScalarType.BFloat16, 9)]
    public void Number_formats_are_those_of_the_header(ScalarType dtype, int number) =>
        Assert.Equal(number, NcclTypes.Of(dtype));

    [Fact]
    public void A_library_that_is_missing_is_one_clear_message()
    {
        var exports = new NativeExports("libnccl-not-there.so.2", "install it");
        Assert.False(exports.IsThere);
        var failure = Assert.Throws<UserErrorException>(() => new NcclApi(exports.AddressOf));
        Assert.Equal(
            "learners cannot exchange by nccl: libnccl-not-there.so.2 is not among the libraries of this system. "
            + "Either install it, or set r1reward.learner.exchange = ring.",
            failure.Message);
    }

    [Fact]
    public void A_library_that_is_too_old_is_told_by_the_function_that_it_lacks()
    {
        var exports = new NativeExports("libc.so.6", "install it");
        var failure = Assert.Throws<UserErrorException>(() => new NcclApi(exports.AddressOf));
        Assert.Contains("libc.so.6 has no ncclGetUniqueId", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Learners_without_a_gpu_each_are_refused_where_nccl_is_asked_for()
    {
        Assert.True(GpuExchange.AreApart([5, 7, 6], isAskedFor: true));
        Assert.False(GpuExchange.AreApart([5, -1], isAskedFor: false));
        Assert.False(GpuExchange.AreApart([5, 5], isAskedFor: false));
        Assert.Contains(
            "rank 1 computes on a CPU",
            Assert.Throws<UserErrorException>(() => GpuExchange.AreApart([5, -1], isAskedFor: true)).Message,
            StringComparison.Ordinal);
        Assert.Contains(
            "rank 1 shares its GPU",
            Assert.Throws<UserErrorException>(() => GpuExchange.AreApart([4, 5, 5], isAskedFor: true)).Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public void Ranks_on_cpus_stay_in_their_ring()
    {
        var ways = LoopbackRing.Run(2, rank => Exchange(ExchangeKind.Auto).Over(rank) == rank);
        Assert.All(ways, Assert.True);
    }

    [Fact]
    public void A_refusal_ends_the_ring()
    {
        var ends = LoopbackRing.Run(2, rank =>
        {
            Assert.Throws<UserErrorException>(() => Exchange(ExchangeKind.Nccl).Over(rank));
            return Record.Exception(() => rank.Gather([0]));
        });
        Assert.All(ends, Assert.NotNull);
    }

    private static GpuExchange Exchange(ExchangeKind kind) => new(kind, CPU, TimeSpan.FromSeconds(5));

    private static Dictionary<string, string> Table() => File
        .ReadLines(Path.Combine(Fixtures.Repository, "tests", "Policy", "Exchange", "Nccl", "header.txt"))
        .Where(line => !line.StartsWith('#'))
        .Select(line => line.TrimEnd(')').Split(['('], 2))
        .ToDictionary(
            line => line[0].Split(' ')[^1],
            line => string.Join(", ", Types($"{line[0][..line[0].LastIndexOf(' ')]}, {line[1]}").Select(TypeName)));

    private static IEnumerable<Type> Types(string list) => list
        .Split(", ", StringSplitOptions.RemoveEmptyEntries)
        .Select(type => type.EndsWith('*') ? _types[type[..^1]].MakePointerType() : _types[type]);

    private static IEnumerable<FieldInfo> Fields(Type library) => library
        .GetFields(BindingFlags.Instance | BindingFlags.NonPublic)
        .Where(field => field.FieldType.IsFunctionPointer);

    private static IEnumerable<(string Name, string Types)> Functions(Type library)
    {
        var prefix = library == typeof(NcclApi) ? "nccl" : "cu";
        foreach (var field in Fields(library))
        {
            Assert.True(field.FieldType.IsUnmanagedFunctionPointer);
            Type[] types =
                [field.FieldType.GetFunctionPointerReturnType(), .. field.FieldType.GetFunctionPointerParameterTypes()];
            yield return (prefix + field.Name, string.Join(", ", types.Select(TypeName)));
        }
    }

    private static string TypeName(Type type) => type.ToString();
}

# Tests look inside modules; one set of flags serves users, tests and benchmarks, so nothing is built twice.
SWIFT_FLAGS := -c release -Xswiftc -enable-testing --explicit-target-dependency-import-check error

.PHONY: install install-all install-dist build dist image dist-test test proof demo demo-small experiments bench soak kills campaign-test truth truth-full canaries fuzz format

install:
	@.ci/install

# The servers of every component, also of those that no test of `make test` needs.
install-all:
	@.ci/install all

build: install
	swift build $(SWIFT_FLAGS)

# What is installed without a toolchain, in .build/dist: a tarball and a package for Debian.
dist: build
	@.ci/dist

# Makes and tries them.
install-dist:
	@.ci/install dist

# An OCI image with the package and the servers of the first stack; as root.
image: install-dist dist
	@.ci/image

# The tarball, the package on a bare Debian and the image, each used as a user would; as root, some minutes.
dist-test: install-dist dist
	@.ci/dist-test

# First everything that may share the machine, then the real runs, one after another and alone.
test: install
	swift build $(SWIFT_FLAGS) --build-tests
	swift test $(SWIFT_FLAGS) --skip-build --disable-xctest --skip EndToEndTests
	swift test $(SWIFT_FLAGS) --skip-build --disable-xctest --filter EndToEndTests

# A million small random histories through every model of the checkers of transactions, hundreds of thousands
# through those of linearizability and a million each through those of sets, queues and counters, against judges
# that try everything: about an hour. What differs is printed with its seed, which FAULTLINE_TEST_SEED gives back;
# FAULTLINE_PROOF_ROUNDS says how many thousands.
FAULTLINE_PROOF_ROUNDS ?= 1000
proof: install
	swift build $(SWIFT_FLAGS) --build-tests
	FAULTLINE_PROOF_ROUNDS=$(FAULTLINE_PROOF_ROUNDS) swift test $(SWIFT_FLAGS) --skip-build --disable-xctest \
	  --filter "TransactionsTests.JudgeTests|LinearizabilityTests.AgreementTests|CheckersTests.(Set|Queue|Counter)JudgeTests"

demo: build
	@.build/release/faultline run experiments/floating-address/01-load-balancer-dies.yaml

# What needs no server of Debian's: the store of this project, its leader killed and cut off.
demo-small: build
	@.build/release/faultline run experiments/twosite-store/01-leader-dies.yaml

# Every experiment there is, those tagged `long`, too; a quarter of an hour. One whose server is missing is skipped.
experiments: install-all
	swift build $(SWIFT_FLAGS) --build-tests
	FAULTLINE_EXPERIMENTS=all swift test $(SWIFT_FLAGS) --skip-build --disable-xctest \
	  --filter "EndToEndTests.EndToEnd/(Experiments|FurtherExperiments)/"

bench: install
	swift run $(SWIFT_FLAGS) bench

# Every experiment over and over, quiet and beside busy loops: about an hour. See .ci/soak.
soak: build
	@.ci/soak

# Any part of a run is killed at fifty random moments for each kind of faults; five minutes.
kills: install
	swift build $(SWIFT_FLAGS) --build-tests
	FAULTLINE_KILLS=50 swift test $(SWIFT_FLAGS) --skip-build --disable-xctest --filter "EndToEnd/KilledRuns"

# What is about campaigns: on real Slurm, of which a machine dies half way, and the manifests against the schema of
# Kubernetes' API, which is installed here only. Two minutes.
campaign-test:
	@.ci/install campaigns
	swift build $(SWIFT_FLAGS) --build-tests
	swift test $(SWIFT_FLAGS) --skip-build --disable-xctest --filter "CampaignsTests"
	swift test $(SWIFT_FLAGS) --skip-build --disable-xctest --filter "EndToEnd/(Campaigns|ContainerPowers|SlurmCampaigns)/"

# How true verdicts are: a store that lies in every known way, each fault felt, planted histories, and stores of
# which nothing bad may be said; 20 minutes, or hours. See fixtures/truth/table.yaml.
truth: build
	.build/release/truth

truth-full: build
	.build/release/truth --clean 200 --reports reports/truth-full

# Each checker and each fault is left out once, and each time that must be noticed: the table needs them all.
canaries: install
	swift build $(SWIFT_FLAGS) --scratch-path .build/canaries -Xswiftc -DCANARY --product faultline
	swift build $(SWIFT_FLAGS)
	# What runs beside it tells the truth.
	find .build/release/ -maxdepth 1 -type f -perm -u+x ! -name faultline -exec cp -f {} .build/canaries/release/ \;
	.build/release/truth --canaries --faultline .build/canaries/release/faultline --reports reports/canaries

# A million and more mutated answers, histories, archives and files through the real readers; the seeds are
# printed.
# (The toolchain's libFuzzer needs a program of its own for each reader, so the tests themselves run on.)
fuzz: install
	swift build $(SWIFT_FLAGS) --build-tests
	FAULTLINE_FUZZ_ROUNDS=10 swift test $(SWIFT_FLAGS) --skip-build --disable-xctest --no-parallel \
	  --filter "FuzzTests|HostileBodyTests|HostileValueTests|HostileMutationTests|ForeignArchiveTests"

format:
	swift format --in-place --recursive --parallel Sources Tests Package.swift
